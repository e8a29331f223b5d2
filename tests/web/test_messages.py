"""What views tell the page around them, whoever comes first."""


def test_what_is_said_before_anybody_listens_is_heard(module):
    act = """({announce, onAnnounce, showStatus, statusNow}) => {
      const heard = [];
      announce("early"); showStatus("a model");
      onAnnounce((sentence) => heard.push(sentence));
      announce("later");
      return [heard, statusNow()];
    }"""
    assert module("core/messages.js", act) == [["early", "later"], "a model"]


def test_a_view_that_has_drawn_says_so_from_its_element(module):
    act = """({drawn}) => {
      const heard = [], view = document.createElement("div");
      document.body.append(view);
      document.addEventListener("playground:drawn", (event) => heard.push(event.target === view, event.detail));
      drawn(view, 3);
      return heard;
    }"""
    assert module("core/messages.js", act) == [True, 3]
