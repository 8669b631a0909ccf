import { comeback } from '@comeback/typeorm'
import { Module } from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import { TypeOrmModule } from '@nestjs/typeorm'
import { LostConnectionFilter } from './lost-connection-filter.js'
import { Order } from './order.js'
import { OrdersController } from './orders-controller.js'
import { OrdersService } from './orders-service.js'
import { Stock } from './stock.js'

/** How long a request waits for a database that is away; less than its client's patience. */
const patienceMs = Number(process.env['PATIENCE_MS'] ?? 5_000)

@Module({
  imports: [
    TypeOrmModule.forRoot(
      comeback(
        {
          type: 'mysql',
          url: process.env['DATABASE_URL'] ?? 'mysql://shop@127.0.0.1/shop',
          entities: [Order, Stock],
          synchronize: true,
        },
        { outage: { maxWaitMs: patienceMs } },
      ),
    ),
  ],
  controllers: [OrdersController],
  providers: [OrdersService, { provide: APP_FILTER, useClass: LostConnectionFilter }],
})
export class AppModule {}
