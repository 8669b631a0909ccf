import { Injectable, NotFoundException, UnprocessableEntityException } from '@nestjs/common'
import { InjectDataSource } from '@nestjs/typeorm'
import { type DataSource, MoreThan } from 'typeorm'
import { Order } from './order.js'
import { Stock } from './stock.js'

/** Knows nothing of Comeback: what is lost is sent again, or ends in an error that the filter answers. */
@Injectable()
export class OrdersService {
  readonly #dataSource: DataSource

  constructor(@InjectDataSource() dataSource: DataSource) {
    this.#dataSource = dataSource
  }

  async find(reference: string): Promise<Order> {
    const order = await this.#dataSource.manager.findOneBy(Order, { reference })
    if (order === null) throw new NotFoundException(`There is no order ${reference}.`)
    return order
  }

  async place(reference: string, item: string): Promise<Order> {
    return await this.#dataSource.transaction(async manager => {
      const known = await manager.findOneBy(Order, { reference })
      if (known !== null) return known
      const { affected } = await manager.decrement(Stock, { item, quantity: MoreThan(0) }, 'quantity', 1)
      if (affected === 0) throw new UnprocessableEntityException(`There is no ${item} left.`)
      await manager.insert(Order, { reference, item })
      return { reference, item }
    })
  }
}
