// The REST API from another address of this machine: all of 127.0.0.0/8 is its own, and each /24 counts as a network.
import { request } from 'node:http'
import type { TestEngine } from './engine.js'

export interface AnswerFrom {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly ms: number
}

/** POSTs `body` to `/api/v1/<path>` over a connection of its own. */
export const postFrom = (
  { port }: TestEngine,
  localAddress: string,
  path: string,
  body: unknown,
): Promise<AnswerFrom> =>
  new Promise((resolve, reject) => {
    const since = performance.now()
    const text = JSON.stringify(body)
    const headers = {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
    }
    const options = { host: '127.0.0.1', port, localAddress, agent: false, headers }
    const sent = request({ ...options, method: 'POST', path: `/api/v1/${path}` }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
          ms: performance.now() - since,
        }),
      )
    })
    sent.once('error', reject)
    sent.end(text)
  })
