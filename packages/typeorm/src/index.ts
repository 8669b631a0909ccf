export * from '@comeback/core/application'
