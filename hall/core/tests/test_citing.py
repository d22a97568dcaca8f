"""What a rule rests on reads as an office writes it."""

import pytest
from django.utils.translation import override

from hall.core.citing import cite


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        (
            "DUES08 Arts. 1-2",
            "《关于中国共产党党费收缴、使用和管理的规定》第1—2条",
            "Provisions on Party Dues (2008), Arts. 1-2",
        ),
        ("DUES17 (2)(3)", "《关于进一步规范党费工作的通知》第（2）（3）项", "Notice on Party Dues (2017), (2)(3)"),
        (
            "BRANCH18 Art. 21; ELEC20 Art. 3",
            "《中国共产党支部工作条例（试行）》第21条；《中国共产党基层组织选举工作条例》第3条",
            None,
        ),
        ("DEV26 Arts. 19, 20, 32", "《中国共产党发展党员工作细则》（2026年）第19、20、32条", None),
        ("DUES08", "《关于中国共产党党费收缴、使用和管理的规定》", "Provisions on Party Dues (2008)"),
        ("GB/T 22239", "GB/T 22239", "GB/T 22239"),
        ("local", "本地规定", "local rule"),
        ("", "", ""),
    ],
)
def test_a_source_is_cited_in_both_languages(source, zh, en):
    with override("zh-hans"):
        assert cite(source) == zh
    if en is not None:
        with override("en"):
            assert cite(source) == en
