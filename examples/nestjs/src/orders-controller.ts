import { BadRequestException, Body, Controller, Get, Inject, Param, Put } from '@nestjs/common'
import type { Order } from './order.js'
import { OrdersService } from './orders-service.js'

/** `GET /orders/:reference` and `PUT /orders/:reference`; a PUT may be repeated. */
@Controller('orders')
export class OrdersController {
  readonly #orders: OrdersService

  constructor(@Inject(OrdersService) orders: OrdersService) {
    this.#orders = orders
  }

  @Get(':reference')
  find(@Param('reference') reference: string): Promise<Order> {
    return this.#orders.find(reference)
  }

  @Put(':reference')
  place(@Param('reference') reference: string, @Body() order: { item?: unknown } = {}): Promise<Order> {
    if (typeof order.item !== 'string') throw new BadRequestException('An order has an item.')
    return this.#orders.place(reference, order.item)
  }
}
