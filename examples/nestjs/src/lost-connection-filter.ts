import { DatabaseUnavailableError, LostTransactionError, OutcomeUnknownError } from '@comeback/typeorm'
import {
  type ArgumentsHost,
  Catch,
  ConflictException,
  Inject,
  ServiceUnavailableException,
} from '@nestjs/common'
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core'

/** Seconds after which a client may ask again. */
const RETRY_AFTER = 2

/**
 * Tells the client what is known. 409: nothing was done, the request may be repeated. 503 with Retry-After: the database can not be
 * had, or nobody knows what became of the request; a client that repeats it must name the same order.
 */
@Catch(LostTransactionError, OutcomeUnknownError, DatabaseUnavailableError)
export class LostConnectionFilter extends BaseExceptionFilter {
  readonly #host: HttpAdapterHost

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    super(host.httpAdapter)
    this.#host = host
  }

  override catch(error: Error, host: ArgumentsHost): void {
    if (error instanceof LostTransactionError && error.outcome === 'rolled-back') {
      super.catch(
        new ConflictException('The connection was lost and nothing was done. Repeat the request.'),
        host,
      )
      return
    }
    this.#host.httpAdapter.setHeader(host.switchToHttp().getResponse(), 'Retry-After', String(RETRY_AFTER))
    const message =
      error instanceof DatabaseUnavailableError
        ? 'The database can not be reached and nothing was done.'
        : 'The connection was lost and it is not known whether it was done.'
    super.catch(new ServiceUnavailableException(message), host)
  }
}
