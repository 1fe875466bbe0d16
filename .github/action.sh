#!/usr/bin/env bash
# The steps of action.yml: check with annotations, build, storyboard, and a Markdown text for a comment.
# Takes MESSAGE, PROFILE, STRICT and FOLDER; writes bundle, storyboard and comment to $GITHUB_OUTPUT.
set -uo pipefail
mkdir -p "$FOLDER"
limits=()
[ -z "${PROFILE:-}" ] || limits=(--profile "$PROFILE")
strict=()
[ "${STRICT:-false}" != true ] || strict=(--strict)

mmspack check "$MESSAGE" "${limits[@]}" "${strict[@]}" --format github
code=$?
account=$(COLUMNS=100 mmspack build "$MESSAGE" "${limits[@]}" -o "$FOLDER/message.zip" --no-color 2>&1)
built=$?
{
  echo "### mmspack: \`$MESSAGE\`"
  echo
  echo '```text'
  echo "$account"
  echo '```'
} > "$FOLDER/comment.md"
cat "$FOLDER/comment.md" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
echo "comment=$FOLDER/comment.md" >> "$GITHUB_OUTPUT"
if [ "$built" = 0 ]; then
  echo "bundle=$FOLDER/message.zip" >> "$GITHUB_OUTPUT"
  mmspack preview "$FOLDER/message.zip" -o "$FOLDER/storyboard.png" --quiet \
    && echo "storyboard=$FOLDER/storyboard.png" >> "$GITHUB_OUTPUT"
fi
[ "$code" != 0 ] || code=$built
exit "$code"
