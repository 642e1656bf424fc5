#!/usr/bin/env bash
# Describes an item, sends a click and one that breaks a rule, and asks for a user's recommendations, by HTTP and JSON: ./shop.sh ada
set -euo pipefail
user=${1:-ada}
ingestor=http://${REARM_INGESTOR:-127.0.0.1:7002}
server=http://${REARM_SERVER:-127.0.0.1:7032}

# --fail-with-body: an error shows what the service says about it. A key goes in by standard input: arguments can be read by all users of the machine.
call() {
  printf '%s' "${REARM_API_KEY:+header = \"x-api-key: $REARM_API_KEY\"}" | curl -sS --fail-with-body --max-time 30 --config - "$@"
  echo
}

# An event without an event_id gets one. Send one of your own, and sending the event again is harmless.
call -H 'Content-Type: application/json' "$ingestor/v1/items" -d '{"item_id": "red-canoe", "categories": ["Camping"], "attributes": {"title": "Red canoe"}}'
call -H 'Content-Type: application/json' "$ingestor/v1/interactions" -d '[
  {"event_id": "click-1", "user_id": "'"$user"'", "item_id": "red-canoe", "type": "click"},
  {"event_id": "click-2", "user_id": "", "item_id": "red-canoe", "type": "click"}]'

# Ids in paths are percent-encoded. The attributes come along, for a page to be made of one answer.
call "$server/v1/users/$user/recommendations?k=5&attribute=title"
