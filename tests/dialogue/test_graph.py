"""The drawing of a flow shows everything that one can meet in it."""

import re

from flowtexts import load, with_steps

from bot.dialogue.graph import graph

FLOW = load(
    with_steps("""
    accueil:
      say: 'Dites "bonjour" <b> & #1 {first_name}'
    envie:
      ask: On commence ?
      choices:
        now: Oui
        later: Plus tard
      if later: adieu
    points:
      for each: agenda item
      steps:
        avis:
          ask: Alors ?
          choices:
            yes: D'accord
            no: Non
          if yes: next item
        changement:
          only if: avis is no, and avis has no comment
          ask: Que changer ?
          answer: text or voice
          optional: yes
    end:
      only if: role is partner
      ask: Quels domaines ?
      choices from: themes
    tours:
      up to 3 times:
        tour:
          ask: Encore ?
          answer: text
    """)
)
DRAWING = graph(FLOW)


def test_the_drawing_to_the_letter() -> None:
    """Boxes first, then arrows."""
    assert (
        DRAWING
        == """\
flowchart TD
  begin(["Essai"])
  s_accueil["accueil: Dites #quot;bonjour#quot; #lt;b#gt; #38; #35;1 {first_name}"]
  s_envie("envie: On commence ?<br/>Oui / Plus tard")
  subgraph s_points["points (for each: agenda item)"]
    s_avis("avis: Alors ?<br/>D'accord / Non")
    s_changement("changement: Que changer ?<br/>answer: text or voice<br/>optional")
  end
  s_end("end: Quels domaines ?<br/>choices from themes")
  subgraph s_tours["tours (up to 3 times)"]
    s_tour("tour: Encore ?<br/>answer: text")
  end
  s_merci[["merci: Merci."]]
  s_adieu[["adieu: Adieu."]]
  begin --> s_accueil
  s_accueil --> s_envie
  s_envie --> s_points
  s_envie -. "later" .-> s_adieu
  s_avis --> s_changement_if
  s_avis -. "yes" .-> s_avis
  s_changement_if{"avis is no, and avis has no comment?"} -->|yes| s_changement
  s_changement_if -->|no| s_avis
  s_changement -->|next| s_avis
  s_points --> s_end_if
  s_end_if{"role is partner?"} -->|yes| s_end
  s_end_if -->|no| s_tours
  s_end --> s_tours
  s_tour -->|next| s_tour
  s_tours --> s_merci
"""
    )


def test_every_arrow_leads_from_and_to_something_drawn() -> None:
    """Mermaid would draw an empty box for a name that it does not know."""
    drawn = set(re.findall(r"^\s*(?:subgraph )?(\w+)[\[({]", DRAWING, re.MULTILINE))
    for line in DRAWING.splitlines():
        if "-->" in line or ".->" in line:
            names = re.findall(r"\b(s_\w+|begin)\b", re.sub(r'"[^"]*"', "", line))
            assert set(names) <= drawn
