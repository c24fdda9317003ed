// What templates render to: goldens of jinja2 as transformers sets it up, refusals, limits.
#include "framework/chat/chat_template.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "framework/core/error.h"
#include "framework/core/whole_file.h"
#include "tests/places.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;

const Json kHello = Json::parse(R"([{"role": "user", "content": "Hi"}])");

std::string rendered(const std::string& text, const Json& messages = kHello) {
  return ChatTemplate(text, "<s>", "</s>").render(messages, nullptr, true);
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

std::string refusal(const std::string& text) {
  return message_of([&] { ChatTemplate{text}; });
}

TEST(ChatTemplate, RendersAsTransformersDoes) {
  const Json golden = Json::parse(whole_text(source_dir() + "/tests/golden/chat/templates.json"));
  for (const Json& c : golden["cases"]) {
    const std::string text = c["template"];
    if (c.contains("text"))
      EXPECT_EQ(rendered(text, golden["messages"]), c["text"]) << text;
    else
      EXPECT_THROW(rendered(text, golden["messages"]), UserError) << text;
  }
}

TEST(ChatTemplate, RefusesUnknownConstructsWhenItIsRead) {
  const std::pair<const char*, const char*> kCases[] = {
      {"a\n{% if x %}{{ x | urlize }}{% endif %}",
       "line 2, column 18: the filter urlize is not supported"},
      {"{{ x is prime }}", "line 1, column 9: the test prime is not supported"},
      {"{{ x.zfill(3) }}", "line 1, column 6: the method zfill is not supported"},
      {"{% include 'x' %}", "line 1, column 4: the block 'include' is not supported here"},
      {"{% endif %}", "line 1, column 4: the block 'endif' is not supported here"},
      {"{% for x in y recursive %}{% endfor %}",
       "line 1, column 15: loops that are recursive are not supported"},
      {"{{ x.__class__ }}", "line 1, column 6: the attribute __class__ is not supported"},
      {"{{ f(*x) }}",
       "line 1, column 6: an argument (lists of arguments are not supported) must stand here, not '*'"},
      {"{% break %}", "line 1, column 4: 'break' stands in no loop"},
      {"{% for x in y %}",
       "line 1, column 17: the block 'endfor' must stand here, not the end of the template"},
      {"{{ 'a }}", "line 1, column 4: the text in quotes does not end"},
      {"é {{ a ", "line 1, column 3: the tag does not end with }}"},
      {"{# a", "line 1, column 1: the comment does not end"},
      {"{{ (1] }}", "line 1, column 6: ']' closes nothing"},
      {"{{ 1 2 }}", "line 1, column 6: the end of the tag must stand here, not '2'"},
      {"{{ 99999999999999999999 }}", "line 1, column 4: the number is beyond 63 bits"},
      {"{{ a ! b }}", "line 1, column 6: the character '!' has no meaning in a tag"},
      {"{{ 0x1f }}", "line 1, column 4: numbers with a base (0x, 0o, 0b) are not supported"},
  };
  for (const auto& [text, message] : kCases)
    EXPECT_EQ(refusal(text), std::string("the chat template, ") + message) << text;
  EXPECT_EQ(refusal("\xff"), "the chat template is not UTF-8");
  EXPECT_NE(refusal("{{ " + std::string(1000, '(')), "no error");
}

TEST(ChatTemplate, NamesThePlaceOfAnErrorInUse) {
  EXPECT_EQ(message_of([] { rendered("a\n {{ messages[0].content.x.y }}"); }),
            "the chat template, line 2, column 27: a value of type str has no member 'x'");
  EXPECT_EQ(
      message_of([] { rendered("{{ raise_exception('Not this.') }}"); }),
      "the chat template, line 1, column 4: the template refuses this conversation: Not this.");
  EXPECT_EQ(message_of([] { rendered("x", Json::object()); }),
            "a conversation must be a list of messages");
  EXPECT_EQ(message_of([] { rendered("x", Json::array({1})); }),
            "a message must be an object with role and content");
}

TEST(ChatTemplate, EndsHostileTemplates) {
  const char* kHostile[] = {
      "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
      "{{ 'aaaaaaaaaaaaaaaa' * 100000000000 }}",
      "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
      "{% set n = namespace(x=[]) %}{% for i in range(9999) %}{% set n.x = [n.x, n.x] %}{% endfor %}",
      "{% set n = namespace(x=[1]) %}{% for i in range(90) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
      "{% set n = namespace(x=[1], y=[1]) %}{% for i in range(90) %}{% set n.x = [n.x, n.x] %}{% set n.y = [n.y, n.y] %}{% endfor %}{{ n.x == n.y }}",
      "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
      "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
      "{% for i in range(99999) %}0123456789012345678901234567890123456789{{ messages | tojson * 99 }}{% endfor %}",
      "{% set n = namespace(x='a') %}{% for i in range(20) %}{% set n.x = n.x * 9 %}{% set n.x = n.x.replace('a', n.x) %}{% endfor %}",
      "{% set n = namespace(l=1) %}{% for i in range(9999) %}{% for j in [n.l] %}{% set n.l = loop %}{% endfor %}{% endfor %}",
      "{{ '{0}{0}{0}{0}'.format('a' * 100000000) }}",
      "{{ 9 ** 9 ** 9 }}",
  };
  // The limits of the program, made smaller so that the test is quick.
  const ChatLimits limits{.steps = 200'000, .output_bytes = 4 << 20, .value_bytes = 32 << 20};
  for (const char* text : kHostile)
    EXPECT_THROW(ChatTemplate(text).render(kHello, nullptr, true, Json::object(), 0, limits),
                 UserError)
        << text;
}

TEST(ChatTemplate, KeepsToGivenLimits) {
  const ChatTemplate loop("{% for i in range(1000) %}x{% endfor %}");
  const auto render = [&](const ChatLimits& limits) {
    return loop.render(kHello, nullptr, false, Json::object(), 0, limits).text.size();
  };
  EXPECT_EQ(render({}), 1000u);
  EXPECT_THROW(render({.steps = 500}), UserError);
  EXPECT_THROW(render({.output_bytes = 999}), UserError);
  EXPECT_THROW(render({.value_bytes = 5000}), UserError);
}

TEST(ChatTemplate, TellsWhatIsGenerated) {
  const ChatTemplate chat(
      "{% for m in messages %}{{ m.role }}:{% if m.role == 'assistant' %}"
      "{% generation %}{{ m.content }}!{% endgeneration %}{% else %}{{ m.content }}"
      "{% endif %};{% endfor %}");
  const Json messages =
      Json::parse(R"([{"role": "user", "content": "é"}, {"role": "assistant", "content": "ü"}])");
  const ChatText got = chat.render(messages, nullptr, false, Json::object(), 0);
  EXPECT_EQ(got.text, "user:é;assistant:ü!;");
  ASSERT_EQ(got.generated.size(), 1u);
  EXPECT_EQ(
      got.text.substr(got.generated[0].first, got.generated[0].second - got.generated[0].first),
      "ü!");
  EXPECT_THROW(
      rendered("{% macro f() %}{% generation %}{% endgeneration %}{% endmacro %}{{ f() }}"),
      UserError);
}

TEST(ChatTemplate, GivesVariablesAndTime) {
  const ChatTemplate chat(
      "{{ enable_thinking }} {{ unk_token }} {{ strftime_now('%Y') }} {{ tools[0].name }}"
      "{{ bos_token is defined }}");
  const Json variables = Json::parse(R"({"enable_thinking": false, "unk_token": "<unk>"})");
  const std::time_t summer = 1'750'000'000;
  EXPECT_EQ(chat.render(kHello, Json::parse(R"([{"name": "f"}])"), true, variables, summer).text,
            "False <unk> 2025 fFalse");
}

}  // namespace
}  // namespace tessera
