import { Column, Entity, PrimaryColumn } from 'typeorm'

/** How much is left of an item. */
@Entity('stock')
export class Stock {
  @PrimaryColumn('varchar', { length: 20 })
  item!: string

  @Column('int')
  quantity!: number
}
