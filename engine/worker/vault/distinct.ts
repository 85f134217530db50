// What is unique is unique in canonical form; the contract's `uniqueItems` sees only how it was spelt.
import { ApiError } from '../../errors.js'

/** `forms`: canonical. `pointer`: of their list. Throws `validation_failed`, as the contract's own check does. */
export const requireDistinct = (pointer: string, forms: readonly string[]): void => {
  if (new Set(forms).size === forms.length) return
  throw new ApiError('validation_failed', undefined, [
    { pointer, message: 'must not hold anything twice' },
  ])
}
