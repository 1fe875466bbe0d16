"""A newcomer adds a layout: a template in one file."""

from __future__ import annotations

import json

LAYOUT = "templates/caption-first.smil.j2"
TEMPLATE = """{# A line of text over a large picture. #}
{% from "_slides.smil.j2" import body, region %}
<smil>
  <head>
    <layout>
      <root-layout width="{{ width }}" height="{{ height }}"/>
{{ region("Text", 0, width, height // 8, "scroll") -}}
{{ region("Image", height // 8, width, height - height // 8, "meet") -}}
{{ "    " }}</layout>
  </head>
{{ body(slides, ["text", "image", "video", "audio"]) -}}
</smil>
"""


def test_a_layout_is_a_template_in_one_file(checkout):
    checkout.add(LAYOUT, TEMPLATE)
    assert checkout.touched == [LAYOUT]

    built = checkout.mmspack("build", "samples/one-picture", "-o", "one.zip", "--layout", "caption-first")
    assert built.code == 0, built.err
    names = "import mmspack; print([part.name for part in mmspack.open_bundle('one.zip').parts])"
    assert checkout.python(names).strip() == "['message.smil', 'text1.txt', 'image1.jpg']"
    assert checkout.mmspack("check", "one.zip").code == 0

    assert "A line of text over a large picture." in checkout.mmspack("layouts").out
    layout = json.loads(checkout.mmspack("schema").out)["properties"]["layout"]
    assert "caption-first" in layout["anyOf"][0]["enum"]
    near = checkout.mmspack("build", "samples/one-picture", "--layout", "caption-frist")
    assert "did you mean 'caption-first'?" in near.err

    ran = checkout.tests("tests/smil/test_layouts.py", "-k", "at_least_five")
    assert ran.code == 0, ran.out
