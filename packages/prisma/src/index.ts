export * from '@comeback/core/application'
export { comeback } from './comeback.js'
export { PrismaComeback, type PrismaComebackOptions } from './factory.js'
