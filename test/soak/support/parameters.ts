// What a long test may be told by the environment, so that it can be tried out in a minute.

/** RPPAM_TEST_<name>, a number not below 0. */
export const parameter = (name: string, otherwise: number): number => {
  const text = process.env[`RPPAM_TEST_${name}`] ?? ''
  if (text === '') return otherwise
  const value = Number(text)
  if (!(value >= 0)) throw new Error(`RPPAM_TEST_${name} is no number, or below 0`)
  return value
}

/** Those of every test that loads an engine and disturbs it again and again. */
export const loadParameters = () => ({
  rounds: parameter('ROUNDS', 10),
  readers: parameter('READERS', 64),
  writers: parameter('WRITERS', 16),
  /** Longest load of a round before it is disturbed. */
  seconds: parameter('SECONDS', 10),
})
