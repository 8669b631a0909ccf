import { Column, Entity, PrimaryColumn } from 'typeorm'

/** An order. Its client names it, so that asking for it twice is asking for it once. */
@Entity('orders')
export class Order {
  @PrimaryColumn('varchar', { length: 40 })
  reference!: string

  @Column('varchar', { length: 20 })
  item!: string
}
