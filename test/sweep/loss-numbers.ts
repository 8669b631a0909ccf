const lossNumbers: ReadonlySet<number> = new Set([
  1047, 1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 3032, 3168, 3169,
])

/** Whether a server ends a link with this number: a loss, which must not come through raw, and does not tell what became of a statement. */
export const endsLink = (errno: number | undefined): boolean => errno !== undefined && lossNumbers.has(errno)
