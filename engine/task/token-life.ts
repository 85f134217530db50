// How long access tokens live (FORMATS §8), for those who sign, verify and revoke them.

/** Seconds. */
export const accessTokenLifetime = 600

/** Seconds that the clocks of two nodes may differ by. */
export const clockSkew = 30
