// Why a start is refused.

/** The start is refused; the message is one line and names the key. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message.replace(/\s+/g, ' '))
    this.name = 'ConfigError'
  }
}

export const refuse = (message: string): never => {
  throw new ConfigError(message)
}
