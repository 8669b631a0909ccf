export { availableServers } from './available-servers.js'
export { findServer } from './find-server.js'
export { startServer } from './start-server.js'
export type {
  Admin,
  ConnectionConfig,
  Flavour,
  FoundServer,
  ProcessRow,
  Server,
  ServerBinary,
  ServerUrl,
  StartOptions,
} from './types.js'
