// Comments of the generated sources: the contract's own sentences, where an editor shows them.

const width = 96

const wrapped = (text, indent) =>
  text
    .split(/\s+/)
    .reduce((lines, word) => {
      const last = lines.at(-1)
      const fits = last !== undefined && last.length + 1 + word.length <= width - indent
      return fits ? [...lines.slice(0, -1), `${last} ${word}`] : [...lines, word]
    }, [])
    // No text of the contract may end the comment.
    .map((line) => line.replaceAll('*/', '*\\/'))

/** Paragraphs become one comment; those that are undefined are left out. */
export const comment = (paragraphs, indent = 0) => {
  const pad = ' '.repeat(indent)
  const parts = paragraphs.filter(Boolean).map((text) => wrapped(text.trim(), indent))
  const isTag = (place) => parts[place]?.[0].startsWith('@')
  const lines = parts.flatMap((part, place) =>
    place === 0 || (isTag(place) && isTag(place - 1)) ? part : ['', ...part],
  )
  if (lines.length === 1) return `${pad}/** ${lines[0]} */\n`
  const body = lines.map((line) => `${pad} *${line === '' ? '' : ` ${line}`}\n`).join('')
  return `${pad}/**\n${body}${pad} */\n`
}

const sentence = (text) => (/[.!?`]$/.test(text) ? text : `${text}.`)

const errorsText = (errors) => errors.map((code) => `\`${code}\``).join(', ')

/** Of a method or function: summary, description, parameters, error codes. */
export const operationComment = (operation, indent = 0) =>
  comment(
    [
      sentence(operation.summary),
      operation.description,
      ...[...operation.segments, ...operation.required].map(
        ({ name, description }) => `@param ${name} ${description ?? ''}`,
      ),
      `@throws {RpPamError} with one of these codes: ${errorsText(operation.errors)}`,
    ],
    indent,
  )
