import type { ApiError } from '../../errors.js'

/** The decision rested on something that has changed meanwhile: the pipeline does the operation again (FORMATS §6). */
export class Redo extends Error {
  constructor(readonly otherwise?: ApiError) {
    super('redo')
  }
}
