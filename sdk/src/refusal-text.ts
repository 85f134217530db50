// The message of a refusal, on one line and of bounded length, whatever has answered.
import type { Violation } from './contract.js'

interface Refusal {
  readonly operation: string
  readonly status: number
  readonly code: string
  readonly requestId: string | null
  readonly detail?: string | undefined
  readonly errors?: readonly Violation[] | undefined
}

const longest = 300
const mostViolations = 5

const line = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, longest)

const violationText = ({ pointer, message }: Violation): string =>
  line(`${pointer === '' ? '/' : pointer} ${message}`)

const violationsText = (errors: readonly Violation[]): string => {
  const shown = errors.slice(0, mostViolations).map(violationText)
  const more = errors.length - shown.length
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join('; ')
}

/** `getUser: validation_failed (400), request 01…: The request does not match the contract [/fields/* is too long]` */
export const refusalText = (refusal: Refusal): string => {
  const { operation, status, code, requestId, detail = '', errors = [] } = refusal
  const head = `${operation}: ${code} (${status}), request ${requestId ?? 'unknown'}`
  const sentence = detail === '' ? '' : `: ${line(detail)}`
  return `${head}${sentence}${errors.length === 0 ? '' : ` [${violationsText(errors)}]`}`
}
