// A result as one HTML page that needs nothing else: no script, no font, no image from anywhere.
import { barChart, escape, type Bar } from './bars.js'
import { flowHead, flowRows } from './disturbed.js'
import type { Figure, Result } from './result.js'
import { disturbance, figureHead, figureRow, verdictLine, type Row } from './table.js'

const style = `
  :root { color-scheme: light dark; --text: #1d2430; --soft: #5a6575; --line: #d8dde5; --page: #fff;
    --part0: #2f6fde; --part1: #e08a2c; }
  @media (prefers-color-scheme: dark) { :root { --text: #e6e9ef; --soft: #9aa5b5; --line: #343c49; --page: #14181f; } }
  body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 60rem;
    margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
  p, li { color: var(--soft); }
  svg { width: 100%; height: auto; } svg text { font: 13px system-ui, sans-serif; fill: var(--text); }
  svg .group { font-weight: 600; } svg .label { fill: var(--soft); }
  .part0 { fill: var(--part0); color: var(--part0); } .part1 { fill: var(--part1); color: var(--part1); }
  table { border-collapse: collapse; width: 100%; font-size: .85rem; font-variant-numeric: tabular-nums; }
  .wide { overflow-x: auto; }
  th, td { text-align: right; padding: .3rem .5rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
  th:first-child, td:first-child { text-align: left; }`

type Measure = (figure: Figure) => Omit<Bar, 'label'>

const chart = (result: Result, title: string, note: string, measure: Measure): string => {
  const counts = [...new Set(result.figures.map(({ connections }) => connections))]
  const groups = counts.map((count) => ({
    title: `${count} connections`,
    bars: result.figures
      .filter(({ connections }) => connections === count)
      .map((figure) => ({ label: figure.contender, ...measure(figure) })),
  }))
  return `<h2>${escape(title)}</h2><p>${note}</p>${barChart(title, groups)}`
}

const throughput: Measure = ({ throughput, roundThroughputs }) => ({
  parts: [throughput],
  value: `${Math.round(throughput)} (${Math.min(...roundThroughputs)}–${Math.max(...roundThroughputs)})`,
})

const processor: Measure = ({ cpuMicros: { engine, database } }) => ({
  parts: [engine, database ?? 0],
  value: database === null ? engine.toFixed(1) : `${engine.toFixed(1)} + ${database.toFixed(1)}`,
})

const latency: Measure = ({ latencyMs: { p50, p99 } }) => ({
  parts: [p50, p99 - p50],
  value: `${p50.toFixed(1)} / ${p99.toFixed(1)}`,
})

const table = (head: Row, rows: readonly Row[]): string => {
  const line = (row: Row, tag: string): string =>
    `<tr>${row.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`
  const body = rows.map((row) => line(row, 'td')).join('')
  return `<div class="wide"><table><thead>${line(head, 'th')}</thead><tbody>${body}</tbody></table></div>`
}

const pairs = (record: object): Row[] =>
  Object.entries(record).map(([name, value]) => [name, String(value)])

const key = (part: number, text: string): string =>
  `<span class="part${part}">■</span> ${escape(text)}`

const charts = (result: Result): string =>
  [
    chart(result, 'Requests a second', 'Median of the rounds (lowest–highest).', throughput),
    chart(
      result,
      'Processor time a request, µs',
      `${key(0, 'engine process')} ${key(1, 'database')}`,
      processor,
    ),
    chart(result, 'Latency, ms', `${key(0, 'p50')} ${key(1, 'up to p99')}`, latency),
  ].join('')

const flows = (figures: readonly Figure[]): string => {
  const rows = flowRows(figures)
  return rows.length === 0 ? '' : `<h2>Disturbances</h2>${table(flowHead, rows)}\n`
}

/** A complete document. */
export const pageOf = (result: Result): string => {
  const { scope, startedUtc, figures, verdicts, machine, settings, contenders } = result
  const findings = [...verdicts.map(verdictLine), ...disturbance(figures)]
  const list = findings.map((finding) => `<li>${escape(finding)}</li>`).join('')
  const chosen = contenders.map(({ id, title, settings: own }) => [
    id,
    title,
    pairs(own)
      .map((pair) => pair.join(' = '))
      .join(', '),
  ])
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>RP-PAM bench: ${escape(scope)}</title><style>${style}</style></head><body>
<h1>RP-PAM bench: ${escape(scope)}</h1><p>${escape(startedUtc)}</p><ul>${list}</ul>
${charts(result)}
<h2>Figures</h2>${table(figureHead, figures.map(figureRow))}
${flows(figures)}<h2>Contenders</h2>${table(['contender', 'what it is', 'settings'], chosen)}
<h2>Machine and settings</h2>${table(['name', 'value'], [...pairs(machine), ...pairs(settings)])}
</body></html>
`
}
