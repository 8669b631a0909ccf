import { takesItsOrders } from '../examples/takes-its-orders.js'

takesItsOrders('prisma')
