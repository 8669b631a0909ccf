/** Whether Node follows the promises of this process, for an AsyncLocalStorage: before version 24 it marks them then. */
export const areFollowed = (): boolean =>
  Object.getOwnPropertySymbols(new Promise(() => undefined)).length > 0
