export * from '@comeback/core/application'
export { comeback } from './comeback.js'
export { comebackExtension } from './extension.js'
export type {
  Annotated,
  AnnotatedOperations,
  ComebackExtension,
  ComebackMethods,
  TransactionOptions,
  TransactionReplay,
} from './extension-types.js'
export { PrismaComeback, type PrismaComebackOptions } from './factory.js'
export type { ComebackExtensionPolicy, ReplayPolicy } from './replay-options.js'
