// Options that are left out, or undefined, are not part of a request.

/** Without what is undefined. */
export type Given<T> = { [Name in keyof T]: Exclude<T[Name], undefined> }

export const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>

/** A body that may be left out: it is when nothing of it is given. */
export const bodyOf = <T extends object>(values: T): { body?: Given<T> } => {
  const body = given(values)
  return Object.keys(body).length === 0 ? {} : { body }
}
