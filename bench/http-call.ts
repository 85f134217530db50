// A plain HTTP call on loopback, for provisioning and checks; never for load. Its connection does not outlive it.
import { request } from 'node:http'

export interface Call {
  readonly method?: 'GET' | 'POST'
  readonly authorization?: string
  readonly body?: unknown
  readonly prefer?: string
}

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

const headersOf = ({ authorization, body, prefer }: Call): Record<string, string> => ({
  ...(authorization === undefined ? {} : { authorization }),
  ...(prefer === undefined ? {} : { prefer }),
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
})

const timeoutMs = 90_000

export const call = (port: number, path: string, options: Call = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', body } = options
    const headers = headersOf(options)
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false })
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`${method} ${path}: no answer`)))
    sent.once('error', reject)
    sent.once('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.once('error', reject)
      response.once('end', () => {
        const contentType = response.headers['content-type'] ?? ''
        resolve({ status: response.statusCode ?? 0, contentType, text })
      })
    })
    const payload = body === undefined ? '' : JSON.stringify(body)
    if (payload !== '') sent.setHeader('content-length', Buffer.byteLength(payload))
    sent.end(payload)
  })

/** @throws Error for another status than one of `expected`, with what came instead */
export const callFor = async (
  port: number,
  path: string,
  expected: readonly number[],
  options: Call,
): Promise<Record<string, unknown>> => {
  const { status, text } = await call(port, path, options)
  if (!expected.includes(status))
    throw new Error(`${options.method ?? 'GET'} ${path} answered ${status}: ${text.slice(0, 500)}`)
  return JSON.parse(text) as Record<string, unknown>
}
