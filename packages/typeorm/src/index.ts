export * from '@comeback/core/application'
export { comeback } from './comeback.js'
export { Comeback, type ComebackDecorator } from './decorator.js'
