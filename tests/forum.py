"""A small forum for tests, and people who take part in it."""

from programme import TAKING_PART

FORUM = """
about: topics
steps:
  hello:
    say: "This week: {about.title}."
  voices:
    hear others: up to 3 answers to words
    steps:
      opinion:
        say: "{progress}. Voice {item.number}: {item.text}"
        ask: What do you think?
        choices:
          agree: I agree
          disagree: I disagree
          pass: No opinion
        remind after: 3 days
  words:
    ask: "{about.title}: what is it like where you live?"
    answer: text or voice
    optional: yes
endings:
  thanks: Thank you.
"""
WELCOME = (
    TAKING_PART
    + """\
  quote:
    ask: May we quote your words?
    choices:
      yes: I agree
      no: No
    keep as: consent to be quoted
  hear:
    ask: May others hear your voice?
    choices:
      yes: I agree
      no: No
    keep as: consent to be heard
  fields:
    ask: Which themes concern you most?
    choices:
      food: Food
      housing: Housing
    choose: up to 2 in order
    keep as: themes
endings:
  welcome_done: Welcome.
"""
)
