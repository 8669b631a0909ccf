export * from '@comeback/core/application'
export { comeback } from './comeback.js'
