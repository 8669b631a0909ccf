import { EntitySchema } from 'typeorm'

export interface Note {
  id: number
  text: string
  order?: Order
}

export interface Order {
  id: number
  item: string
  visits: number
  deletedAt: Date | null
  notes: Note[]
}

/** An order: counted, deleted softly, saved together with its notes. */
export const Order: EntitySchema<Order> = new EntitySchema<Order>({
  name: 'Order',
  tableName: 'orders',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    item: { type: 'varchar', length: 64, unique: true },
    visits: { type: 'int', default: 0 },
    deletedAt: { type: 'datetime', deleteDate: true, nullable: true },
  },
  relations: {
    notes: { type: 'one-to-many', target: 'Note', inverseSide: 'order', cascade: true },
  },
})

/** A note on an order. */
export const Note: EntitySchema<Note> = new EntitySchema<Note>({
  name: 'Note',
  tableName: 'notes',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    text: { type: 'varchar', length: 64 },
  },
  relations: {
    order: { type: 'many-to-one', target: 'Order', inverseSide: 'notes', joinColumn: true },
  },
})
