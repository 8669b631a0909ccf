import { refuseOption } from '@comeback/core'
import { Prisma } from '@prisma/client/extension'

const MAJOR = '7'

/** The version of the Prisma client that an application has installed. */
function installedVersion(): unknown {
  const { prismaVersion } = Prisma as { readonly prismaVersion?: { readonly client?: unknown } }
  return prismaVersion?.client
}

/**
 * Refuses a Prisma whose inside is not the one that Comeback is built on. How it passes errors on is in none of its documents.
 *
 * @param version - default: that of the `@prisma/client` that is installed.
 * @throws ComebackConfigError naming the version.
 */
export function checkVersion(version: unknown = installedVersion()): void {
  if (typeof version === 'string' && version.split('.')[0] === MAJOR) return
  refuseOption(
    '@prisma/client',
    typeof version === 'string' ? `version ${version}` : 'something without a version',
    [`Prisma ${MAJOR}`],
  )
}
