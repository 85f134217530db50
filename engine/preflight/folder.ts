// Whether a folder is there and may be written to, or could be made: asked without making anything.
import { constants, accessSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemReason } from '../system-reason.js'

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** The folder itself, or the nearest one above it that is there. */
const nearest = (path: string): string => {
  try {
    statSync(path)
    return path
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error
    return nearest(dirname(path))
  }
}

/** Why nothing can be written there, with the path that is the reason; null: something can. */
export const whyNotWritable = (folder: string): string | null => {
  let there = folder
  try {
    there = nearest(folder)
    if (!statSync(there).isDirectory()) return `${there} is no folder`
    accessSync(there, constants.W_OK | constants.X_OK)
    return null
  } catch (error) {
    return `${there} cannot be written to: ${systemReason(error)}`
  }
}
