import { endsInAnOutage } from '../examples/ends-in-an-outage.js'

endsInAnOutage(new URL('./fixtures/ends-in-an-outage.ts', import.meta.url))
