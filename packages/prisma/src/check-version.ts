import { refuseOption } from '@comeback/core'
import { Prisma } from '@prisma/client/extension'

const MAJOR = 7

/** From here on `createMany` is one autocommit statement; before, Prisma makes a transaction of it. */
const MINOR = 10

function isKnown(version: string): boolean {
  const [major, minor] = version.split('.').map(Number)
  return major === MAJOR && minor !== undefined && minor >= MINOR
}

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
  if (typeof version === 'string' && isKnown(version)) return
  refuseOption(
    '@prisma/client',
    typeof version === 'string' ? `version ${version}` : 'something without a version',
    [`Prisma ${MAJOR}, from ${MAJOR}.${MINOR} on`],
  )
}
