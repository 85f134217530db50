// GET admin/license.
import { confirm } from '../../access/confirm.js'
import { installationOf } from '../../installation/installation.js'
import { licenseJson } from '../../control/license-json.js'
import { operation } from '../../request/operation.js'

export const getLicense = operation(
  'getLicense',
  { action: 'license.read', target: () => ({ type: 'license', id: '' }) },
  async ({ context, epoch, event }) => {
    const installation = installationOf(context)
    const usage = await installation.usage()
    await confirm(context, epoch, event())
    return {
      status: 200,
      body: licenseJson(installation.license, usage, context.services.clock.now()),
    }
  },
)
