// The tenant plane's handlers, loaded once a test file.
import { loadHandlers } from '../../../../engine/worker/thread/handlers.js'

export const handlersForTests = await loadHandlers('tenant')
