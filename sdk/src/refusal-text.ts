// The messages of refusals and failures, on one line and of bounded length, whatever has answered.
import type { Operation, Violation } from './contract.js'

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

const causeText = ({ code, detail = '' }: StepError): string =>
  `: ${line(code)}${detail === '' ? '' : `, ${line(detail)}`}`

type StepError = NonNullable<Operation['steps'][number]['error']>

/** `operation 01… failed at "create database": database_unavailable, connection refused` */
export const failureText = ({ id, steps }: Operation): string => {
  const step = steps.find(({ status }) => status === 'failed')
  if (step === undefined) return `operation ${id} failed`
  const cause = step.error === undefined ? '' : causeText(step.error)
  return `operation ${id} failed at "${line(step.name)}"${cause}`
}
