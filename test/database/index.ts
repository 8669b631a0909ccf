export { startServer } from './start-server.js'
export type {
  Admin,
  ConnectionConfig,
  Flavour,
  ProcessRow,
  Server,
  ServerBinary,
  ServerUrl,
  StartOptions,
} from './types.js'
