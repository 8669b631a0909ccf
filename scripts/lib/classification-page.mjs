const intro = `<!-- Generated: node scripts/print-classification.mjs -->

# What an error proves

Every error is judged by the first rule on this page that holds, top to bottom. What a port has *seen* happen to the
statement outranks what an error *says*: drivers give one and the same error to the statement that was running and to
those that were still waiting to be sent.

| evidence | what was seen | executed |
|---|---|---|
| \`refused\` | no link could be opened, or not logged in | no |
| \`queued-never-sent\` | the statement was still in the queue | no |
| \`dead-before-send\` | the link was seen dead before the statement was handed to the socket | no |
| \`write-failed\` | the kernel refused the request, or a part of it; a server never runs a part | no |
| \`lost-in-prepare\` | lost while the statement was only being prepared | no |
| \`no-answer\` | handed over, and no byte of an answer came | unknown |
| \`partial-answer\` | a part of the answer came | unknown |
| \`answered\` | the server answered with an error | as the rule says |

*By evidence* below means just that: as in this table, and of an open transaction on the lost link: rolled back when the
statement certainly did not run, else unknown. While a link is being opened (*at connect*), nothing was executed, the
link is lost, and the error says nothing of a transaction, whatever the rule says for a statement.

A *no* for \`executed\` speaks of a single statement. A routine, or several statements in one packet, may have done
something before the part that failed: then it is *unknown*, unless the server ended the link before it read any of it.

*Again* says whether a statement that did not run may be tried again; whether it is, is for the policy to decide.
`

const executedWords = { no: 'no', yes: 'yes', unknown: 'unknown', 'by-evidence': 'by evidence' }
const transactionWords = {
  kept: 'kept',
  'rolled-back': 'rolled back',
  unknown: 'unknown',
  'by-evidence': 'by evidence',
}
/** What holds at connect whatever the rule says. */
const connecting = { executed: 'no', link: 'lost', transaction: 'unknown' }
const linkWords = { usable: 'usable', lost: 'lost', 'wrong-server': 'wrong server' }

/**
 * The page that documents the classification.
 *
 * @param {readonly { title: string, intro: string, rules: readonly object[] }[]} groups
 */
export function classificationPage(groups) {
  return `${[intro, ...groups.map(section)].join('\n').trimEnd()}\n`
}

function section({ title, intro: lead, rules }) {
  const head =
    '| rule | error | kind | executed | link | transaction | again | meaning |\n|---|---|---|---|---|---|---|---|'
  return `## ${title}\n\n${lead}\n\n${head}\n${rules.map(row).join('\n')}\n`
}

function row({ id, match, verdict, note, source }) {
  const { executed, link, transaction } = match.phase === 'connect' ? connecting : verdict
  const cells = [
    code(id),
    described(match),
    verdict.kind,
    executedWords[executed],
    linkWords[link],
    transactionWords[transaction],
    verdict.retryable ? 'yes' : 'no',
    `${cell(note)} *${cell(capitalized(source))}.*`,
  ]
  return `| ${cells.join(' | ')} |`
}

/** What a rule asks for, in words; every field of a match has its own here. */
const words = {
  errno: numbers => numbers.join(', '),
  code: codes => codes.map(code).join(', '),
  syscall: calls => `system call ${calls.map(code).join(', ')}`,
  text: pattern => `text ${code(pattern.source)}`,
  fromServer: () => 'any number of the server',
  flavour: flavours => `on ${flavours.map(flavour).join(', ')}`,
  phase: phase => (phase === 'connect' ? 'at connect' : 'in a statement'),
  evidence: all => `evidence ${all.map(code).join(', ')}`,
  oversized: () => 'the request is larger than `max_allowed_packet`',
  ended: () => 'the application has ended the session',
  notReadOnlyByRequest: () => 'the application is known not to have asked for READ ONLY',
}

/** Numbers and codes name the same errors; all else narrows them down. */
function described(match) {
  const unknown = Object.keys(match).find(name => !Object.hasOwn(words, name))
  if (unknown) throw new Error(`The page has no words for the condition "${unknown}"`)
  const names = ['errno', 'code'].filter(name => match[name]).map(name => words[name](match[name]))
  const others = Object.keys(words).filter(name => !['errno', 'code'].includes(name) && match[name])
  const parts = [names.join(' '), ...others.map(name => words[name](match[name]))].filter(Boolean)
  return parts.length === 0 ? 'anything' : cell(parts.join('; '))
}

function flavour(name) {
  return { mysql: 'MySQL', mariadb: 'MariaDB', unknown: 'a server not known yet' }[name]
}

function code(text) {
  return `\`${text}\``
}

function capitalized(text) {
  return text[0].toUpperCase() + text.slice(1)
}

/** A bar would end the cell, also within code. */
function cell(text) {
  return text.replaceAll('|', '\\|')
}
