/** What a character may begin or continue, outside strings and comments. */
export const CharacterClass = {
  other: 0,
  space: 1,
  word: 2,
  digit: 3,
  /** Ends the analysis: the server's view of it depends on the client character set, or it is a NUL. */
  forbidden: 4,
} as const

const ascii = new Uint8Array(128)
ascii[0] = CharacterClass.forbidden
for (const space of [9, 10, 11, 12, 13, 32]) ascii[space] = CharacterClass.space
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$') {
  ascii[character.charCodeAt(0)] = CharacterClass.word
}
for (let digit = 48; digit <= 57; digit++) ascii[digit] = CharacterClass.digit

/** The class of a UTF-16 code unit; `NaN`, which is what lies behind the end of a text, is `other`. */
export function characterClass(code: number): number {
  if (code < 128) return ascii[code] ?? CharacterClass.other
  // C1 controls and the no-break space are white space or controls in single-byte character sets.
  if (code <= 160) return CharacterClass.forbidden
  return code > 160 ? CharacterClass.word : CharacterClass.other
}

/** Whether the character can be part of an unquoted identifier. */
export function isWordCharacter(code: number): boolean {
  const kind = characterClass(code)
  return kind === CharacterClass.word || kind === CharacterClass.digit
}

/** Whether `--` followed by this character begins a comment: white space, a control character, or the end. */
export function opensLineComment(code: number): boolean {
  return Number.isNaN(code) || code <= 32 || code === 127
}
