// Declares `comeback` among the options of Sequelize's methods.
import './annotation.js'

export * from '@comeback/core/application'
export { attach, type Comeback, comeback } from './comeback.js'
