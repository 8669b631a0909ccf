import { describeFound, describeMissing, findAll, prepareAll } from './available-servers.js'
import { foundVariable } from './find-server.js'

/** Once for a test run, before its workers start: finds or fetches the servers, and says which they are. */
export async function setup(): Promise<void> {
  const found = await findAll()
  await prepareAll(found.servers)
  for (const line of describeFound(found.servers)) console.error(`Database server: ${line}`)
  for (const line of describeMissing(found.servers)) console.error(line)
  // The workers are children of this process.
  process.env[foundVariable] = JSON.stringify(found)
}
