// digest.ts DIRECTORY PATH...: says why each path of the directory has no digest, a line each
import { messageOf } from '../../../../core/base/errors/error.ts'
import { digestFiles } from '../../../../core/base/model/key.ts'

const [directory, ...paths] = process.argv.slice(2)
for (const path of paths) {
  try {
    console.log(JSON.stringify(digestFiles(directory!, [path])))
  } catch (error) {
    console.log(messageOf(error))
  }
}
