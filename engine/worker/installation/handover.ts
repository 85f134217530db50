// Secrets of a first start for whoever made it, where no terminal shows them (SPEC §13): the administrator's password in
// <data>/admin.password, the enterprise edition's set-up token in <data>/setup.token. 0600, whole or not there, and gone
// after their first use. Their content must never reach a log.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../../log.js'
import { writeSecretFile } from '../../secret-file.js'
import { systemReason } from '../../system-reason.js'

export class Handover {
  readonly #password: string
  readonly #token: string

  constructor(
    private readonly folder: string,
    private readonly log: Pick<Log, 'info' | 'warn'>,
  ) {
    this.#password = join(folder, 'admin.password')
    this.#token = join(folder, 'setup.token')
  }

  /** Before it is good for anything. Answers the file; throws one line that says what to do instead. */
  keepPassword(password: string): string {
    try {
      return this.#keep(this.#password, password)
    } catch (error) {
      throw new Error(
        `bootstrap.password must be set: a generated one would be kept in ${this.#password}, which cannot be written: ${systemReason(error)}`,
      )
    }
  }

  /** Answers the file. */
  keepToken(token: string): string {
    return this.#keep(this.#token, token)
  }

  passwordUsed(): void {
    this.#remove(this.#password)
  }

  tokenUsed(): void {
    this.#remove(this.#token)
  }

  #keep(file: string, secret: string): string {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    writeSecretFile(file, `${secret}\n`)
    return file
  }

  #remove(file: string): void {
    try {
      rmSync(file)
      this.log.info('a secret of the first start was used: its file is removed', { file })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      this.log.warn('a secret that was used stays in its file: remove it', { file, error })
    }
  }
}
