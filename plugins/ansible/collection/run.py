"""ansible-playbook with the secrets of its standard input.

They are written where only this namespace sees them, in memory that goes with it: no file of the host and no argument
has them. What a vault gives is told to antidote before anything else has it, to keep it out of the log.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PRIVATE = '/run/antidote'

# a shorter text in a file may be an ordinary word
LEAST = 6


def keep(name, content):
    path = os.path.join(PRIVATE, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), 'w', encoding='utf8') as file:
        file.write(content)
    return path


given = json.load(sys.stdin)
# ansible reads its settings when it is loaded
os.environ.update(given['env'])
sys.path.append(os.path.join(HERE, 'ansible_collections/antidote/image/plugins/plugin_utils'))

import yaml
from ansible.cli.playbook import main
from ansible.parsing.vault import VaultLib
from bridge import Bridge


def texts_in(data):
    if isinstance(data, dict):
        return [text for value in data.values() for text in texts_in(value)]
    if isinstance(data, list):
        return [text for value in data for text in texts_in(value)]
    return [str(data)]


def secrets_in(plain):
    """The texts to mask: of YAML its values, of anything else the whole."""
    try:
        data = yaml.safe_load(plain)
    except yaml.YAMLError:
        data = None
    if isinstance(data, (dict, list)):
        return [text for text in texts_in(data) if len(text) >= LEAST]
    return [plain.strip()]


decrypt = VaultLib.decrypt_and_get_vault_id


def masking(self, *args, **kwargs):
    result = decrypt(self, *args, **kwargs)
    bridge = Bridge()
    bridge.mask(secrets_in(result[0].decode('utf8', 'replace')))
    bridge.close()
    return result


VaultLib.decrypt_and_get_vault_id = masking

os.makedirs(PRIVATE, mode=0o700)
options = []
if given.get('vars'):
    options += ['--extra-vars', '@' + keep('vars.json', json.dumps(given['vars']))]
for number, (name, password) in enumerate(given['vaults'].items()):
    options += ['--vault-id', name + '@' + keep(f'vault-{number}', password)]
main(['ansible-playbook', *options, *sys.argv[1:]])
