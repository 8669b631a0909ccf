const fence = /^(\s*(?:\*\s?)?)```(\w*)(.*)$/
const given = /^<!--\s*given\b/

/**
 * Finds the TypeScript examples of a text and turns them into files whose every line stands where it stands in
 * the text, so that the compiler's positions are the reader's.
 *
 * - ```` ```ts ```` begins a new example
 * - ```` ```ts continued ```` goes on where the example before it ended
 * - ```` ```ts no-check ```` is left alone
 * - `<!-- given … -->` before an example holds what the reader need not see: declarations of `db`, `url` …
 *
 * @param {string} text
 * @returns {string[]} one source text for each example
 */
export function examplesOf(text) {
  const examples = []
  let hidden = new Map()
  const lines = text.split('\n')
  for (let index = 0; index < lines.length; index += 1) {
    if (given.test(lines[index])) {
      index = readHidden(lines, index, hidden)
      continue
    }
    const [, , language, words] = fence.exec(lines[index]) ?? []
    if (language === undefined) continue
    const end = endOfBlock(lines, index)
    if (isChecked(language, words)) {
      if (!words.includes('continued') || examples.length === 0) examples.push(new Map())
      const example = examples.at(-1)
      for (const [at, line] of hidden) example.set(at, line)
      for (let at = index + 1; at < end; at += 1) example.set(at, lines[at])
    }
    hidden = new Map()
    index = end
  }
  return examples.map(example => lines.map((_, at) => example.get(at) ?? '').join('\n'))
}

/**
 * The `@example` blocks of doc comments, as a text of the same length that {@link examplesOf} can read.
 *
 * @param {string} source
 */
export function docCommentsOf(source) {
  let inComment = false
  let inExample = false
  return source
    .split('\n')
    .map(line => {
      if (/^\s*\/\*\*/.test(line)) inComment = true
      if (!inComment) return ''
      const content = line.replace(/^\s*(\/\*\*|\*(?!\/))? ?/, '').replace(/\*\/\s*$/, '')
      // Tags begin the line; what is indented is a decorator.
      if (/^@\w+/.test(content)) inExample = /^@example\b/.test(content)
      const kept = inExample && !content.startsWith('@') ? content : ''
      if (/\*\//.test(line)) inComment = inExample = false
      return kept
    })
    .join('\n')
}

function isChecked(language, words) {
  return ['ts', 'typescript'].includes(language) && !words.includes('no-check')
}

function endOfBlock(lines, start) {
  const end = lines.findIndex((line, at) => at > start && /^\s*```\s*$/.test(line))
  return end === -1 ? lines.length : end
}

function readHidden(lines, start, hidden) {
  for (let at = start; at < lines.length; at += 1) {
    hidden.set(at, lines[at].replace(given, '').replace(/-->.*$/, ''))
    if (lines[at].includes('-->')) return at
  }
  return lines.length
}
