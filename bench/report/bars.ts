// A bar chart as inline SVG: one horizontal bar a row, stacked of one or more parts. No script, no file from outside.
export interface Bar {
  readonly label: string
  /** In the order of the legend. */
  readonly parts: readonly number[]
  /** Written behind the bar. */
  readonly value: string
}

export interface BarGroup {
  readonly title: string
  readonly bars: readonly Bar[]
}

export const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const labelWidth = 150
const barWidth = 480
const valueWidth = 130
const rowHeight = 24
const titleHeight = 30
const width = labelWidth + barWidth + valueWidth

const total = ({ parts }: Bar): number => parts.reduce((sum, part) => sum + part, 0)

const barAt = (bar: Bar, y: number, largest: number): string => {
  let x = labelWidth
  const pieces = bar.parts.map((part, index) => {
    const length = (part / largest) * barWidth
    const piece = `<rect class="part${index}" x="${x.toFixed(1)}" y="${y + 4}" width="${length.toFixed(1)}" height="${rowHeight - 8}"/>`
    x += length
    return piece
  })
  const middle = y + rowHeight / 2 + 4
  return [
    `<text class="label" x="${labelWidth - 8}" y="${middle}" text-anchor="end">${escape(bar.label)}</text>`,
    ...pieces,
    `<text x="${(x + 8).toFixed(1)}" y="${middle}">${escape(bar.value)}</text>`,
  ].join('')
}

/** All groups on one scale. */
export const barChart = (name: string, groups: readonly BarGroup[]): string => {
  const largest = Math.max(...groups.flatMap(({ bars }) => bars.map(total)), Number.MIN_VALUE)
  let y = 0
  const rows = groups.flatMap(({ title, bars }) => {
    const heading = `<text class="group" x="0" y="${y + 20}">${escape(title)}</text>`
    y += titleHeight
    const lines = bars.map((bar, index) => barAt(bar, y + index * rowHeight, largest))
    y += bars.length * rowHeight + 8
    return [heading, ...lines]
  })
  return `<svg viewBox="0 0 ${width} ${y}" role="img" aria-label="${escape(name)}">${rows.join('')}</svg>`
}
