"""Tells antidote of each play and task, and how it went."""

from __future__ import annotations

DOCUMENTATION = """
name: report
type: stdout
short_description: reports to antidote
description: Sends plays, tasks and results over the socket of antidote. What no_log hides stays hidden.
author: antidote
extends_documentation_fragment:
  - default_callback
"""

from ansible.plugins.callback.default import CallbackModule as Default

from ansible_collections.antidote.image.plugins.plugin_utils.bridge import Bridge

# of a result, what says why a task failed
TOLD = ('msg', 'assertion', 'module_stderr', 'module_stdout', 'stderr', 'stdout', 'rc', 'censored', 'exception', 'item')


def told(result):
    return {name: result[name] for name in TOLD if result.get(name) not in (None, '')}


class CallbackModule(Default):
    """What people read goes on to standard output; what antidote reads, over its socket."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'antidote.image.report'

    def __init__(self):
        super().__init__()
        self._bridge = Bridge()
        self._play = ''

    def _tell(self, event, **details):
        self._bridge.send({'event': event, **details})

    def _ended(self, event, ended, **details):
        task = ended.task
        self._tell(
            event,
            play=self._play,
            task=task.get_name(),
            action=task.action,
            path=task.get_path(),
            changed=ended.is_changed(),
            **details,
        )

    def v2_playbook_on_play_start(self, play):
        self._play = play.get_name().strip()
        self._tell('play', play=self._play)
        super().v2_playbook_on_play_start(play)

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._tell('task', play=self._play, task=task.get_name().strip())
        super().v2_playbook_on_task_start(task, is_conditional)

    def v2_playbook_on_handler_task_start(self, task):
        self._tell('task', play=self._play, task=task.get_name().strip())
        super().v2_playbook_on_handler_task_start(task)

    def v2_runner_on_ok(self, result):
        self._ended('ok', result)
        super().v2_runner_on_ok(result)

    def v2_runner_on_skipped(self, result):
        self._ended('skipped', result)
        super().v2_runner_on_skipped(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        items = [told(item) for item in result.result.get('results') or [] if isinstance(item, dict) and item.get('failed')]
        self._ended('failed', result, ignored=bool(ignore_errors), result=told(result.result), items=items)
        super().v2_runner_on_failed(result, ignore_errors)

    def v2_runner_on_unreachable(self, result):
        self._ended('unreachable', result, ignored=False, result=told(result.result), items=[])
        super().v2_runner_on_unreachable(result)

    def v2_playbook_on_no_hosts_matched(self):
        self._tell('nohosts', play=self._play)
        super().v2_playbook_on_no_hosts_matched()

    def v2_playbook_on_stats(self, stats):
        hosts = sorted(stats.processed)
        failed = [host for host in hosts if any(stats.summarize(host)[kind] for kind in ('failures', 'unreachable'))]
        self._tell('stats', hosts=hosts, failed=failed)
        super().v2_playbook_on_stats(stats)
