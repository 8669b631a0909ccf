// Declares `.comeback()` on Knex's query builder.
import './annotation.js'

export * from '@comeback/core/application'
export { attach, type Comeback, comeback } from './comeback.js'
